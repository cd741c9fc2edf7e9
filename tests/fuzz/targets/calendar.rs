//! Fuzz target `calendar`: its body is `maillage_tests::fuzz`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| maillage_tests::fuzz::run("calendar", bytes));
