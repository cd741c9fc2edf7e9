//! Durable ordered key-value store: a journal first, sled as its queryable image.
