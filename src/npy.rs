//! Reading and writing NumPy's `.npy` and `.npz` files as [`Tensor`]s.
//!
//! bfloat16, which NumPy lacks, travels as uint16 bits. Bool bytes are taken as they are: whether
//! they are 0 or 1 is checked where a program reads them.

use std::fs;
use std::io::{self, Cursor, Read, Seek, Write};
use std::path::Path;
use tirade_ir::DType;
use tirade_ir::args::Tensor;

/// Arrays by name, in the order of the file.
pub type NamedTensors = Vec<(String, Tensor)>;

/// Reads one `.npy` file.
pub fn read_npy(path: &Path) -> io::Result<Tensor> {
    let bytes = fs::read(path)?;
    decode_npy(&bytes)
}

/// Reads all arrays of an `.npz` file; the keys lose their `.npy`.
pub fn read_npz(path: &Path) -> io::Result<NamedTensors> {
    decode_npz(fs::File::open(path)?)
}

/// Reads all arrays of an `.npz` archive.
pub fn decode_npz(archive: impl Read + Seek) -> io::Result<NamedTensors> {
    let mut archive = zip::ZipArchive::new(archive)?;
    let mut arrays = Vec::new();
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i)?;
        let name = entry.name().trim_end_matches(".npy").to_string();
        let mut bytes = Vec::new();
        // The size in the directory may lie; what counts is what comes out, up to a limit.
        let copied = entry.by_ref().take(MAX_ARRAY_BYTES + 1).read_to_end(&mut bytes)?;
        if copied as u64 > MAX_ARRAY_BYTES {
            return Err(invalid(format!("array `{name}` is larger than {MAX_ARRAY_BYTES} bytes")));
        }
        let tensor = decode_npy(&bytes).map_err(|e| invalid(format!("array `{name}`: {e}")))?;
        arrays.push((name, tensor));
    }
    Ok(arrays)
}

/// Largest array that is read from an archive: a compressed file of a few bytes may claim any size.
const MAX_ARRAY_BYTES: u64 = 8 << 30;

fn invalid(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.into())
}

/// Reads the bytes of an `.npy` file.
pub fn decode_npy(bytes: &[u8]) -> io::Result<Tensor> {
    let mut rest = bytes;
    let header = npyz::NpyHeader::from_reader(&mut rest)?;
    let descr = header.dtype().descr();
    let (dtype, big_endian) = parse_descr(descr.trim_matches('\''))?;
    let extents = header.shape().iter().map(|&n| usize::try_from(n));
    let shape: Vec<usize> = extents.collect::<Result<_, _>>().map_err(|_| invalid("bad shape"))?;
    let total = shape.iter().try_fold(dtype.bytes(), |n, &extent| n.checked_mul(extent));
    let total = total.ok_or_else(|| invalid("the shape is too large"))?;
    let Some(data) = rest.get(..total) else {
        return Err(invalid(format!("{total} bytes of data expected, {} found", rest.len())));
    };
    let mut data = data.to_vec();
    if big_endian != cfg!(target_endian = "big") {
        data.chunks_exact_mut(dtype.bytes()).for_each(<[u8]>::reverse);
    }
    if header.order() == npyz::Order::Fortran {
        data = to_row_major(&data, &shape, dtype.bytes());
    }
    Ok(Tensor { dtype, shape, bytes: data })
}

/// The dtype behind a NumPy type string such as `<f4`, and whether its bytes are big-endian.
fn parse_descr(descr: &str) -> io::Result<(DType, bool)> {
    let unknown = || invalid(format!("arrays of type `{descr}` cannot be used"));
    let (order, kind) = descr.split_at_checked(1).ok_or_else(unknown)?;
    let dtype = match kind {
        "b1" => DType::BOOL,
        "i1" => DType::INT8,
        "i2" => DType::INT16,
        "i4" => DType::INT32,
        "i8" => DType::INT64,
        "u1" => DType::UINT8,
        "u2" => DType::UINT16,
        "u4" => DType::UINT32,
        "u8" => DType::UINT64,
        "f2" => DType::FLOAT16,
        "f4" => DType::FLOAT32,
        "f8" => DType::FLOAT64,
        _ => return Err(unknown()),
    };
    Ok((dtype, order == ">"))
}

fn descr_of(dtype: DType) -> &'static str {
    match dtype {
        DType::BOOL => "|b1",
        DType::INT8 => "|i1",
        DType::INT16 => "<i2",
        DType::INT32 => "<i4",
        DType::INT64 => "<i8",
        DType::UINT8 => "|u1",
        DType::UINT16 | DType::BFLOAT16 => "<u2",
        DType::UINT32 => "<u4",
        DType::UINT64 => "<u8",
        DType::FLOAT16 => "<f2",
        DType::FLOAT32 => "<f4",
        DType::FLOAT64 => "<f8",
        other => unreachable!("tensors have computable types, not {other}"),
    }
}

/// Copies an array whose first index varies fastest into one whose last index does.
fn to_row_major(data: &[u8], shape: &[usize], size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut index = vec![0usize; shape.len()];
    for _ in 0..data.len() / size.max(1) {
        let offset = index.iter().zip(shape).rev().fold(0, |acc, (i, n)| acc * n + i);
        out.extend_from_slice(&data[offset * size..][..size]);
        for d in (0..shape.len()).rev() {
            index[d] += 1;
            if index[d] < shape[d] {
                break;
            }
            index[d] = 0;
        }
    }
    out
}

/// The bytes of an `.npy` file, format version 1.0.
pub fn encode_npy(tensor: &Tensor) -> Vec<u8> {
    let extents: Vec<String> = tensor.shape.iter().map(|n| format!("{n},")).collect();
    let descr = descr_of(tensor.dtype);
    let order = if cfg!(target_endian = "big") { ">" } else { "<" };
    let descr = descr.replace('<', order);
    let mut header = format!(
        "{{'descr': '{descr}', 'fortran_order': False, 'shape': ({}), }}",
        extents.join(" ")
    );
    // Magic, version and length take 10 bytes; data starts at a multiple of 64.
    let padded = (10 + header.len() + 1).next_multiple_of(64);
    header.extend(std::iter::repeat_n(' ', padded - 11 - header.len()));
    header.push('\n');
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend_from_slice(&(header.len() as u16).to_le_bytes());
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(&tensor.bytes);
    out
}

/// Writes arrays as an `.npz` file; a file that is there is replaced in one step.
pub fn write_npz<'a>(
    path: &Path,
    arrays: impl IntoIterator<Item = (&'a str, &'a Tensor)>,
) -> io::Result<()> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .large_file(false);
    for (name, tensor) in arrays {
        let options = options.large_file(tensor.bytes.len() >= u32::MAX as usize);
        archive.start_file(format!("{name}.npy"), options)?;
        archive.write_all(&encode_npy(tensor))?;
    }
    let bytes = archive.finish()?.into_inner();
    let partial = path.with_extension(format!("partial{}", std::process::id()));
    fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path)).inspect_err(|_| {
        // Leave nothing half-written behind; the first error is the one that counts.
        let _ = fs::remove_file(&partial);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(dtype: DType, shape: &[usize]) -> Tensor {
        let n = shape.iter().product::<usize>() * dtype.bytes();
        Tensor { dtype, shape: shape.to_vec(), bytes: (0..n).map(|i| (i % 2) as u8).collect() }
    }

    #[test]
    fn npy_round_trips_for_every_type_and_rank() {
        for dtype in DType::COMPUTABLE {
            for shape in [&[][..], &[0], &[3], &[2, 3], &[1, 2, 2, 1]] {
                let t = tensor(dtype, shape);
                let back = decode_npy(&encode_npy(&t)).unwrap();
                assert_eq!((back.shape, back.bytes), (t.shape, t.bytes), "{dtype}");
            }
        }
    }

    #[test]
    fn fortran_order_is_transposed() {
        let rows = to_row_major(&[0, 3, 1, 4, 2, 5], &[2, 3], 1);
        assert_eq!(rows, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn short_and_hostile_files_are_errors() {
        let whole = encode_npy(&tensor(DType::FLOAT32, &[4]));
        for n in 0..whole.len() {
            assert!(decode_npy(&whole[..n]).is_err(), "{n}");
        }
        let text = String::from_utf8_lossy(&whole).replace("(4,)", "(18446744073709551615, 8)");
        assert!(decode_npy(text.as_bytes()).is_err());
    }
}
