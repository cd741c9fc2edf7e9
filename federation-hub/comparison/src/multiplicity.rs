//! Several contrasts shown together: Holm's step-down adjustment, which holds whatever the dependence between them
//! (Holm 1979). Must never be given a contrast that is not shown.

/// Adjusted p values in the order given: p₍ₖ₎ × (m − k + 1), made non-decreasing, at most 1.
pub(crate) fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = p_values.iter().copied().enumerate().collect();
    order.sort_by(|first, second| first.1.total_cmp(&second.1));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut floor = 0.0_f64;
    for (rank, (place, p)) in order.into_iter().enumerate() {
        floor = floor.max(p * crate::ratio::real(p_values.len() - rank)).min(1.0);
        if let Some(slot) = adjusted.get_mut(place) {
            *slot = floor;
        }
    }
    adjusted
}
