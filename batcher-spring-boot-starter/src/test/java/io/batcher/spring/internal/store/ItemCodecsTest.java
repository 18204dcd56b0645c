/*
 * Copyright 2026 the Batcher authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.batcher.spring.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.batcher.spring.fixtures.Reading;
import io.batcher.spring.internal.BatcherConfigurationException;
import io.batcher.store.ItemCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.ResolvableType;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** S11: items are stored as JSON of the application's mapper, unless a codec bean is there. */
@ExtendWith(OutputCaptureExtension.class)
class ItemCodecsTest {

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    @AfterEach
    void close() {
        context.close();
    }

    private ItemCodec<Object> codec(ResolvableType type, @Nullable String name, Class<?>... beans) {
        context.register(beans);
        context.refresh();
        return new ItemCodecs(context.getBeanFactory()).find("readings", type, name);
    }

    private ItemCodec<Object> json(Class<?> type) {
        return codec(ResolvableType.forClass(type), null, Mapper.class);
    }

    @Test
    void itemsAreJsonByTheMapperOfTheApplication() {
        ItemCodec<Object> codec = json(Measured.class);
        Measured item = new Measured("kitchen", Instant.parse("2026-01-02T03:04:05Z"));
        byte[] bytes = codec.write(item);
        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo("{\"sensor_id\":\"kitchen\",\"measured_at\":\"2026-01-02T03:04:05Z\"}");
        assertThat(codec.read(bytes)).isEqualTo(item);
    }

    @Test
    void theFormatHasTheSimpleNameOfTheItemType() {
        assertThat(json(Measured.class).type()).isEqualTo("Measured");
    }

    @Test
    void theNameOfTheFormatCanBeSet() {
        assertThat(codec(ResolvableType.forClass(Measured.class), "reading-v2", Mapper.class)
                        .type())
                .isEqualTo("reading-v2");
    }

    @Test
    void genericItemsKeepTheTypesOfTheirParts() {
        ResolvableType type = ResolvableType.forClassWithGenerics(
                Map.class, ResolvableType.forClass(String.class), ResolvableType.forClass(Measured.class));
        ItemCodec<Object> codec = codec(type, null, Mapper.class);
        Map<String, Measured> item = Map.of("a", new Measured("kitchen", Instant.EPOCH));
        assertThat(codec.read(codec.write(item))).isEqualTo(item);
        assertThat(codec.type()).isEqualTo("Map");
    }

    @Test
    void stringsAndBytesAreItemsToo() {
        assertThat(codec(ResolvableType.forClass(String.class), null, Mapper.class)
                        .write("ä"))
                .isEqualTo("\"ä\"".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void subclassesAreKeptWhereJacksonTellsThemApart() {
        ItemCodec<Object> codec = json(Shape.class);
        assertThat(codec.read(codec.write(new Circle(3)))).isEqualTo(new Circle(3));
    }

    /** What could never be delivered is refused to the caller that adds it. */
    @Test
    void anItemThatCannotBeReadBackIsRefused() {
        ItemCodec<Object> codec = json(Plain.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.write(new PlainItem(1)))
                .withMessageStartingWith("A " + PlainItem.class.getName()
                        + " cannot be stored as JSON for a batcher of " + Plain.class.getName()
                        + ": it cannot be read back. Annotate the types for Jackson, for subclasses with @JsonTypeInfo,"
                        + " or define a bean of type io.batcher.store.ItemCodec for the item type");
    }

    @Test
    void anItemOfWhichNothingWouldBeStoredIsRefused() {
        ItemCodec<Object> codec = json(Fluent.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.write(new Fluent("kitchen")))
                .withMessageContaining("Jackson finds no property in it, so nothing is stored");
    }

    @Test
    void anItemWithoutContentIsStored() {
        ItemCodec<Object> signals = json(Signal.class);
        assertThat(signals.read(signals.write(new Signal()))).isEqualTo(new Signal());
    }

    /** Jackson knows neither its accessor nor its field. */
    static final class Fluent {
        private final String sensor;

        @SuppressWarnings("unused") // by Jackson
        Fluent() {
            this("");
        }

        Fluent(String sensor) {
            this.sensor = sensor;
        }

        String sensor() {
            return sensor;
        }
    }

    record Signal() {}

    @Test
    void aSubclassThatWouldLoseItsFieldsIsRefused() {
        ItemCodec<Object> codec = json(Base.class);
        codec.write(new Base());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.write(new Derived()))
                .withMessageContaining("it would be read as a " + Base.class.getName());
    }

    @Test
    void dateTimesKeepTheirZone() {
        ItemCodec<Object> codec = json(Appointment.class);
        Appointment item = new Appointment(
                ZonedDateTime.parse("2026-01-02T03:04:05+01:00[Europe/Berlin]"),
                OffsetDateTime.parse("2026-01-02T03:04:05-08:00"));
        assertThat(codec.read(codec.write(item))).isEqualTo(item);
    }

    @Test
    void anItemThatIsReadBackAsAnotherIsWarnedAboutOnce(CapturedOutput output) {
        ItemCodec<Object> codec = json(Holder.class);
        codec.write(new Holder(new Derived()));
        codec.write(new Holder(new Derived()));
        String warning = "A " + Holder.class.getName() + " is not read back from the store as it was added";
        assertThat(output.getOut() + output.getErr()).containsOnlyOnce(warning);
    }

    @Test
    void anItemWithoutEqualsIsComparedByItsContent(CapturedOutput output) {
        json(Base.class).write(new Base());
        assertThat(output.getOut() + output.getErr()).doesNotContain("is not read back");
    }

    @Test
    void aCodecBeanOfTheItemTypeWins() {
        ItemCodec<Object> codec = codec(ResolvableType.forClass(Reading.class), "ignored", Mapper.class, Codecs.class);
        assertThat(codec.type()).isEqualTo("own");
        assertThat(codec.read(codec.write(new Reading("kitchen")))).isEqualTo(new Reading("kitchen"));
    }

    @Test
    void aCodecBeanOfAnotherTypeIsNotUsed() {
        assertThat(codec(ResolvableType.forClass(Measured.class), null, Mapper.class, Codecs.class)
                        .type())
                .isEqualTo("Measured");
    }

    @Test
    void twoCodecBeansOfAParentContextAreRefused() {
        try (AnnotationConfigApplicationContext parent =
                new AnnotationConfigApplicationContext(Codecs.class, OtherCodecs.class)) {
            context.setParent(parent);
            assertThatThrownBy(() -> codec(ResolvableType.forClass(Reading.class), null, Mapper.class))
                    .isInstanceOf(BatcherConfigurationException.class)
                    .hasMessageContaining("there are 2 beans of type")
                    .hasMessageContaining("readings, others");
        }
    }

    record Measured(String sensorId, Instant measuredAt) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(value = Circle.class, name = "circle")})
    interface Shape {}

    record Circle(int radius) implements Shape {}

    interface Plain {}

    record PlainItem(int value) implements Plain {}

    static class Base {
        public int base = 1;
    }

    static class Derived extends Base {
        public int derived = 2;
    }

    record Holder(Base part) {}

    record Appointment(ZonedDateTime from, OffsetDateTime until) {}

    static class Mapper {

        @Bean
        JsonMapper jsonMapper() {
            return JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build();
        }
    }

    static class OtherCodecs {

        @Bean
        ItemCodec<Reading> others() {
            return ItemCodec.of("other", reading -> new byte[0], bytes -> new Reading(""));
        }
    }

    static class Codecs {

        @Bean
        ItemCodec<Reading> readings() {
            return ItemCodec.of(
                    "own",
                    reading -> reading.sensor().getBytes(StandardCharsets.UTF_8),
                    bytes -> new Reading(new String(bytes, StandardCharsets.UTF_8)));
        }

        @Bean
        ItemCodec<List<Reading>> lists() {
            return ItemCodec.of("list", list -> new byte[0], bytes -> List.of());
        }
    }
}
