//! `Debug` of trips: identifiers and states, nothing that describes a person or a place.

use std::fmt;

use crate::trip::{Origin, Passenger, Trip, TripChange, TripTerms};

impl fmt::Debug for Trip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Trip");
        shown.field("terms", &self.terms).field("state", &self.state).finish()
    }
}

impl fmt::Debug for TripTerms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("TripTerms");
        shown.field("id", &self.id).field("origin", &self.origin).field("leg", &self.leg);
        shown.finish_non_exhaustive()
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own { request, .. } => {
                formatter.debug_struct("Own").field("request", request).finish_non_exhaustive()
            }
            Self::Carried { handover, from, .. } => {
                let mut shown = formatter.debug_struct("Carried");
                shown.field("handover", handover).field("from", from).finish_non_exhaustive()
            }
        }
    }
}

impl fmt::Debug for Passenger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passenger(…)")
    }
}

impl fmt::Debug for TripChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TripChange(…)")
    }
}
