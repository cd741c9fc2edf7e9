//! What makes a long day at the desk bearable: nothing typed is lost, names are noted once and not with every look, words speak of
//! pages, and anybody is found from any page.

mod drafts;
mod finding;
mod names;
mod refusals;
