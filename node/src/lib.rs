//! The node of one communauté de communes.
