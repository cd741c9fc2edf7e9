//! The use cases of a node on the memory engine: two or three nodes and a hub in one process, without network, processes
//! or threads. The arbiter is the real machine of `maillage-federation`; what lies between a node and its hub loses,
//! repeats and reorders what it carries when a test says so.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]
#![expect(clippy::print_stdout, reason = "what a play led to is for whoever asks for it")]

mod accounts;
mod agreements;
mod cancellations;
mod carrying;
mod caught_up;
mod changes;
mod circles;
mod concurrency;
mod confirming;
mod console;
mod corrections;
mod declarations;
mod declarations_sent;
mod dice;
mod driver_pages;
mod driving;
mod either;
mod endings;
mod exchange;
mod faults;
mod following;
mod forgeries;
mod frames;
mod half_years;
mod half_years_kept;
mod handovers;
mod hub;
mod interleavings;
mod legal;
mod line;
mod loans;
mod money;
mod obligations;
mod offers;
mod pages;
mod pathways;
mod people;
mod planning;
mod pooling;
mod post;
mod privacy;
mod relays;
mod repeats;
mod reports;
mod restored;
mod restored_origin;
mod returns;
mod roads;
mod roles;
mod rotating;
mod rules;
mod series;
mod series_edits;
mod settlements;
mod sight;
mod sights;
mod stands;
mod tables;
mod tables_given_out;
mod tables_of_services;
mod talking;
mod told;
mod watching;
mod web;
mod world;
