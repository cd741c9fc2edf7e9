//! The protobuf contract of Maillage and the code generated from it.
//!
//! `maillage.federation.v1` is what nodes and hub say to one another, `maillage.node.v1` what a territory's own
//! programs say to its node, `maillage.hub.v1` what the national team's programs say to the hub. This crate must
//! never know anything of ours beyond the contract; typed forms live in `maillage-federation`.

/// Every file of the contract with its documentation, as a serialised `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// Between nodes and hub.
pub mod federation {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("maillage.federation.v1");
    }
}

/// A node's local interface.
pub mod node {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("maillage.node.v1");
    }
}

/// The hub's local interface.
pub mod hub {
    /// Version 1.
    pub mod v1 {
        tonic::include_proto!("maillage.hub.v1");
    }
}
