/** A small engine that turns one-at-a-time work into ordered, observable batches that nothing gets lost from. */
module io.batcher {
    requires static transitive org.jspecify;

    exports io.batcher;
    exports io.batcher.store;
    exports io.batcher.testing;
}
