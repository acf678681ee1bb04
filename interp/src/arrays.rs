//! Between the arrays of a run and `ndarray`.

use ndarray::{ArrayD, IxDyn};
use tirade_ir::args::Tensor;
use tirade_ir::scalar::Element;

/// The array as one of `ndarray`; `None` if its elements are not of type `T`.
pub fn to_ndarray<T: Element>(tensor: &Tensor) -> Option<ArrayD<T>> {
    if tensor.dtype != T::DTYPE {
        return None;
    }
    let values = (0..tensor.len()).map(|i| T::from_raw(tensor.get(i).bits())).collect();
    ArrayD::from_shape_vec(IxDyn(&tensor.shape), values).ok()
}

/// The array as one that can be an argument.
pub fn from_ndarray<T: Element>(array: &ArrayD<T>) -> Tensor {
    let mut tensor = Tensor::zeros(T::DTYPE, array.shape());
    for (i, value) in array.iter().enumerate() {
        tensor.set(i, tirade_ir::Scalar::new(*value));
    }
    tensor
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr2;

    #[test]
    fn there_and_back() {
        let array = arr2(&[[1.5f32, -0.0], [f32::INFINITY, 4.0]]).into_dyn();
        let tensor = from_ndarray(&array);
        assert_eq!(tensor.shape, [2, 2]);
        assert_eq!(to_ndarray::<f32>(&tensor), Some(array));
        assert_eq!(to_ndarray::<f64>(&tensor), None);
    }
}
