//! Small symmetric systems, by Cholesky. Must never answer for a system whose columns depend on each other.

use crate::ratio::EstimateError;

/// Part of its own length that a column must keep beside those before it.
const INDEPENDENT: f64 = 1e-10;

/// A symmetric matrix, of at most a few dozen rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Symmetric {
    size: usize,
    values: Vec<f64>,
}

impl Symmetric {
    /// All zeros.
    pub(crate) fn zero(size: usize) -> Self {
        Self { size, values: vec![0.0; size * size] }
    }

    /// Σ weightᵢ xᵢxᵢᵀ over the rows of a design. Most values of a design are zero: these are passed over.
    pub(crate) fn of_rows(design: &[Vec<f64>], weights: &[f64]) -> Self {
        let size = design.first().map_or(0, Vec::len);
        let mut sum = Self::zero(size);
        for (row, weight) in design.iter().zip(weights) {
            for (line, left) in sum.values.chunks_mut(size.max(1)).zip(row) {
                if *left == 0.0 {
                    continue;
                }
                let factor = weight * left;
                for (slot, right) in line.iter_mut().zip(row) {
                    *slot += factor * right;
                }
            }
        }
        sum
    }

    /// One value; not a number outside of the matrix.
    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.values.get(row * self.size + column).copied().unwrap_or(f64::NAN)
    }

    /// Every value times a factor.
    pub(crate) fn scaled(&self, factor: f64) -> Self {
        Self { size: self.size, values: self.values.iter().map(|value| value * factor).collect() }
    }

    /// The rows and columns of a range.
    pub(crate) fn block(&self, places: std::ops::Range<usize>) -> Self {
        let size = places.len();
        let values =
            places.clone().flat_map(|row| places.clone().map(move |column| self.at(row, column))).collect();
        Self { size, values }
    }

    /// Trace of the product with another of the same size, which is the sum of products of their values.
    pub(crate) fn trace_of_product(&self, other: &Self) -> f64 {
        self.values.iter().zip(&other.values).map(|(left, right)| left * right).sum()
    }

    /// `self` × `other` × `self`.
    pub(crate) fn sandwich(&self, other: &Self) -> Self {
        let inner = self.times(other);
        inner.times(self)
    }

    /// Its inverse.
    ///
    /// # Errors
    /// Columns that depend on each other.
    pub(crate) fn inverse(&self) -> Result<Self, EstimateError> {
        let lower = self.cholesky()?;
        let mut inverse = Self::zero(self.size);
        for column in 0..self.size {
            let mut unit = vec![0.0; self.size];
            if let Some(one) = unit.get_mut(column) {
                *one = 1.0;
            }
            let solution = lower.solve(&unit);
            for (row, value) in solution.into_iter().enumerate() {
                inverse.set(row, column, value);
            }
        }
        Ok(inverse)
    }

    /// Times a vector.
    pub(crate) fn times_vector(&self, vector: &[f64]) -> Vec<f64> {
        self.values.chunks(self.size.max(1)).map(|row| dot(row, vector)).collect()
    }

    fn times(&self, other: &Self) -> Self {
        let mut product = Self::zero(self.size);
        for row in 0..self.size {
            for column in 0..self.size {
                let sum = (0..self.size).map(|middle| self.at(row, middle) * other.at(middle, column)).sum();
                product.set(row, column, sum);
            }
        }
        product
    }

    fn set(&mut self, row: usize, column: usize, value: f64) {
        if let Some(slot) = self.values.get_mut(row * self.size + column) {
            *slot = value;
        }
    }

    /// The lower triangle L with `LLᵀ` = self.
    fn cholesky(&self) -> Result<Self, EstimateError> {
        let mut lower = Self::zero(self.size);
        for column in 0..self.size {
            for row in column..self.size {
                let known: f64 =
                    (0..column).map(|before| lower.at(row, before) * lower.at(column, before)).sum();
                let rest = self.at(row, column) - known;
                if row == column {
                    if !rest.is_finite() {
                        return Err(EstimateError::NotFinite);
                    }
                    if rest <= INDEPENDENT * self.at(row, row) {
                        return Err(EstimateError::Collinear);
                    }
                    lower.set(row, row, rest.sqrt());
                } else {
                    lower.set(row, column, rest / lower.at(column, column));
                }
            }
        }
        Ok(lower)
    }

    /// Solves `LLᵀx` = b, where `self` is L.
    fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut forward: Vec<f64> = Vec::with_capacity(self.size);
        for (row, value) in b.iter().enumerate() {
            let known: f64 = forward.iter().enumerate().map(|(before, x)| self.at(row, before) * x).sum();
            forward.push((value - known) / self.at(row, row));
        }
        let mut backward: Vec<f64> = Vec::with_capacity(self.size);
        for (row, value) in forward.into_iter().enumerate().rev() {
            let known: f64 =
                backward.iter().enumerate().map(|(after, x)| self.at(self.size - 1 - after, row) * x).sum();
            backward.push((value - known) / self.at(row, row));
        }
        backward.reverse();
        backward
    }
}

/// Σ leftᵢ rightᵢ.
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
