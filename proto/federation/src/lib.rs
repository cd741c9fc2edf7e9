//! What node and hub must agree on: ids, envelopes, the handover machine, statistics vocabulary, models.
