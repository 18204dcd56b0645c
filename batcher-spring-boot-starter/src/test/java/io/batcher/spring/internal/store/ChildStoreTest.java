/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.batcher.spring.autoconfigure.StartFailures;
import io.batcher.spring.fixtures.Await;
import io.batcher.spring.fixtures.Contexts;
import io.batcher.spring.fixtures.Postgres;
import io.batcher.store.ItemStore;
import io.batcher.store.jdbc.JdbcStore;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** A child context whose batchers have a store: the one that its own properties and beans describe. */
@Tag("tests-with-org.springframework.transaction")
class ChildStoreTest extends OrdersOnPostgres {

    @TempDir
    Path directory;

    private final ApplicationContextRunner parentWithDataSource =
            Contexts.inRealTime().withBean("dataSource", DataSource.class, OrdersOnPostgres::dataSource);

    @Test
    void aChildHasTheDirectoryOfItsOwnProperties() {
        ApplicationContextRunner files = withoutDataSource.withPropertyValues("batcher.defaults.store=file");
        Path own = directory.resolve("child");
        files.withPropertyValues("batcher.store.file.directory=" + directory.resolve("parent"))
                .run(parent -> files.withParent(parent)
                        .withPropertyValues("batcher.store.file.directory=" + own)
                        .run(child -> {
                            assertDelivers(child);
                            assertThat(parent.getBean(Orders.class).items).isEmpty();
                            assertThat(own).isDirectoryContaining("glob:**batcher.db");
                        }));
    }

    @Test
    void aFileIsSharedWithAParentThatHasTheSameDirectory() {
        String same = "batcher.store.file.directory=" + directory;
        ApplicationContextRunner files = Contexts.inRealTime().withPropertyValues(same, "batcher.defaults.store=file");
        files.withUserConfiguration(FileStoreTest.Audit.class)
                .run(parent -> withoutDataSource
                        .withParent(parent)
                        .withPropertyValues(same, "batcher.defaults.store=file")
                        .run(ChildStoreTest::assertDelivers));
    }

    @Test
    void aChildHasTheTablesOfItsOwnProperties() {
        contexts.run(parent -> withoutDataSource
                .withParent(parent)
                .withPropertyValues("batcher.store.jdbc.table-prefix=" + Postgres.newPrefix())
                .run(child -> {
                    assertDelivers(child);
                    assertThat(parent.getBean(Orders.class).items).isEmpty();
                }));
    }

    @Test
    void aChildThatWouldShareTheTablesOfItsParentDoesNotStart() {
        contexts.run(parent -> StartFailures.assertFailure(
                withoutDataSource.withParent(parent),
                "Batcher \"orders\" has the same store as the batcher of that name in a parent context: each would get"
                        + " some of the items of both.",
                "Rename one of the two, remove the handler of the child to use the batcher of the parent, or set"
                        + " batcher.instances.orders.store=memory in the child."));
    }

    @Test
    void aChildHasADataSourceOfItsOwn() {
        Contexts.inRealTime().run(parent -> withoutManager.withParent(parent).run(ChildStoreTest::assertDelivers));
    }

    @Test
    void aManagerOfTheChildRunsItsHandlers() {
        parentWithDataSource.run(parent -> withoutDataSource
                .withParent(parent)
                .withUserConfiguration(Transactions.class)
                .withPropertyValues("batcher.instances.orders.transactional=true")
                .run(ChildStoreTest::assertDelivers));
    }

    @Test
    void aStoreThatTheParentDefinesReplacesThatOfTheChild() {
        Contexts.inRealTime()
                .withBean(StoreLookup.JDBC, ItemStore.class, () -> JdbcStore.file(directory))
                .run(parent -> withoutDataSource.withParent(parent).run(child -> {
                    assertDelivers(child);
                    assertThat(directory).isDirectoryContaining("glob:**batcher.db");
                }));
    }

    private static void assertDelivers(ApplicationContext context) {
        orders(context).add("a");
        Orders orders = context.getBean(Orders.class);
        Await.until("delivered", () -> orders.items.contains("a"));
    }
}
