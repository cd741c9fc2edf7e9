//! Limits of tables. Only constants, each with its reason.

/// Bytes of a table: what one transaction can hold with its indexes; larger ones are cut in pieces.
pub const SHEET_BYTES: usize = 2 << 20;
/// Lines of a table: twice the beneficiaries of the largest platform, and within one transaction.
pub const SHEET_LINES: usize = 4_000;
/// Characters of a cell: notes are the longest, and shorter.
pub const CELL_CHARS: usize = 1_000;
/// Faults told at once: more do not fit a screen, and mending the first often mends the rest.
pub const FAULTS: usize = 200;
/// Things of one page of an export: a page is made while others wait for the store, and should be short.
pub const PAGE: usize = 200;
