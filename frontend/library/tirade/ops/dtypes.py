"""Data types, and the order of their values."""

from tvm.script import tirx as T

FLOATS = ("float16", "bfloat16", "float32", "float64")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTEGERS = SIGNED + UNSIGNED
NUMBERS = FLOATS + INTEGERS
ALL = NUMBERS + ("bool",)


def require(name, dtype, allowed):
    """Refuses a dtype that an operator does not take."""
    if dtype not in allowed:
        raise TypeError(f"{name} is not defined for {dtype}; it takes {', '.join(allowed)}")


def is_float(dtype):
    return dtype in FLOATS


def wide(dtype):
    """The type that is computed in: float32 for the 16-bit floats."""
    return "float32" if dtype in ("float16", "bfloat16") else dtype


def sum_type(dtype):
    """The type of a sum, as in numpy: integers are summed in 64 bits."""
    if dtype in UNSIGNED:
        return "uint64"
    return "int64" if dtype in SIGNED or dtype == "bool" else dtype


def widened(x, dtype):
    return x if wide(dtype) == dtype else T.cast(x, wide(dtype))


def const(value, dtype):
    return T.const(value, dtype)


def lowest(dtype):
    """No value is smaller."""
    return T.cast(T.float32("-inf"), dtype) if is_float(dtype) else T.min_value(dtype)


def highest(dtype):
    """No value is larger."""
    return T.cast(T.float32("inf"), dtype) if is_float(dtype) else T.max_value(dtype)


def is_nan(x):
    return x != x


def less(a, b):
    """The order of sorting: as `<`, and NaN after every number."""
    if is_float(a.dtype):
        return T.any(a < b, T.all(is_nan(b), a == a))
    if a.dtype == "bool":
        return T.all(b, T.Not(a))
    return a < b


def maximum(a, b):
    """The larger of two values; NaN if one of them is."""
    return T.Select(T.any(a >= b, is_nan(a)), a, b) if is_float(a.dtype) else T.max(a, b)


def minimum(a, b):
    """The smaller of two values; NaN if one of them is."""
    return T.Select(T.any(a <= b, is_nan(a)), a, b) if is_float(a.dtype) else T.min(a, b)
