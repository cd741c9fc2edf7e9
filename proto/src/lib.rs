//! The protobuf contract of Maillage and the code generated from it.
