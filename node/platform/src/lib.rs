//! Process scaffolding shared by node and hub.
