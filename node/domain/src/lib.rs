//! The rules of a territory: people, services, requests and trips.
