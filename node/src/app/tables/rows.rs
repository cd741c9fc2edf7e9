//! The tables there are, one module each: columns, one row in, rows out.

mod absences;

use super::Table;

/// Every table, in the order of a first import: what others refer to comes first.
pub static TABLES: &[&dyn Table] = &[&absences::Absences];
