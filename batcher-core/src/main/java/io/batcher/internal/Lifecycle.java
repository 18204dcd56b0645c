package io.batcher.internal;

/** The life of a batcher. */
enum Lifecycle {
    /** Items are accepted. */
    OPEN,
    /** Items are refused; those that are left get their last attempt. */
    CLOSING,
    /** It is over. */
    CLOSED
}
