//! Roads from a router: a fake one on this machine that answers, refuses, hangs, dies and lies as a test says, and a real OSRM where
//! one is prepared (`tests/osrm.sh`, `MAILLAGE_OSRM`). What is asserted of the real one is asserted of the fake one always.

mod client;
mod fake;
mod planning;
mod real;
mod suggesting;
