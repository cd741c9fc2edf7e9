//! End-to-end, crash, contract and tidy tests of the whole.
