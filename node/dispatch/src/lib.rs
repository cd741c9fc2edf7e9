//! Who can drive, why, and who cannot, why not.
