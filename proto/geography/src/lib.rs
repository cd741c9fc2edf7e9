//! Communes, territories and neighbours of France, embedded.
