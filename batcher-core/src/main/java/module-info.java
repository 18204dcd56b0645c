/** Collects items one at a time and delivers them to a handler in ordered batches. */
module io.batcher {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;

    exports io.batcher;
    exports io.batcher.store;
    exports io.batcher.testing;
}
