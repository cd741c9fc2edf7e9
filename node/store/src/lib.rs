//! The node's schema over the engine: versioned records, indexes, outbox, inbox, budget.
