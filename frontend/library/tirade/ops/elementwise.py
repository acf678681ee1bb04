"""Operators that work element by element, broadcast as numpy does, of any rank.

16-bit floats are computed with in float32 and rounded once, at the end.
"""

from tirade.ops.dtypes import (
    ALL,
    FLOATS,
    INTEGERS,
    NUMBERS,
    SIGNED,
    const,
    is_float,
    maximum as larger,
    minimum as smaller,
    require,
    wide,
    widened,
)
from tirade.ops.operator import Operator, broadcast, element
from tvm.script import tirx as T


def elementwise(name, inputs, f, dtypes, result=None):
    """The operator whose elements are `f(*elements, **attrs)`. All inputs have one dtype, and so
    has the result, unless `result` names its dtype."""

    def types(*arrays, **attrs):
        for X in arrays:
            require(name, X.dtype, dtypes)
            if X.dtype != arrays[0].dtype:
                raise TypeError(f"{name}: inputs are {arrays[0].dtype} and {X.dtype}; cast one")
        return T.Buffer(broadcast(*[X.shape for X in arrays]), result or arrays[0].dtype)

    def body(*buffers, **attrs):
        arrays, Y = buffers[:-1], buffers[-1]

        def value(*i):
            values = [widened(element(X, i), X.dtype) for X in arrays]
            return T.cast(f(*values, **attrs), Y.dtype)

        T.compute(Y.shape, value, out=Y)

    return Operator(name, f"{inputs} -> Y", types, body)


def unary(name, f, dtypes=FLOATS):
    return elementwise(name, "X", f, dtypes)


def binary(name, f, dtypes=NUMBERS):
    return elementwise(name, "A, B", f, dtypes)


def comparison(name, f):
    return elementwise(name, "A, B", f, NUMBERS, result="bool")


# Arithmetic --------------------------------------------------------------------------------------

add = binary("add", lambda a, b: a + b)
subtract = binary("subtract", lambda a, b: a - b)
multiply = binary("multiply", lambda a, b: a * b)
divide = binary("divide", lambda a, b: a / b, FLOATS)
floor_divide = binary("floor_divide", lambda a, b: a // b, INTEGERS)
mod = binary("mod", lambda a, b: a % b, INTEGERS)
power = binary("power", T.pow, FLOATS)
maximum = binary("maximum", larger)
minimum = binary("minimum", smaller)
negative = unary("negative", lambda x: const(0, x.dtype) - x if not is_float(x.dtype) else -x, NUMBERS)
square = unary("square", lambda x: x * x, NUMBERS)


def _absolute(x):
    return x if x.dtype.startswith("uint") else T.abs(x)


def _sign(x):
    zero, one = const(0, x.dtype), const(1, x.dtype)
    negative = zero if x.dtype.startswith("uint") else zero - one
    sign = T.Select(x > zero, one, T.Select(x < zero, negative, zero))
    return T.Select(x != x, x, sign) if is_float(x.dtype) else sign


absolute = unary("absolute", _absolute, NUMBERS)
sign = unary("sign", _sign, NUMBERS)

# Bits and logic ----------------------------------------------------------------------------------

bitwise_and = binary("bitwise_and", lambda a, b: a & b, INTEGERS)
bitwise_or = binary("bitwise_or", lambda a, b: a | b, INTEGERS)
bitwise_xor = binary("bitwise_xor", lambda a, b: a ^ b, INTEGERS)
left_shift = binary("left_shift", lambda a, b: a << b, INTEGERS)
right_shift = binary("right_shift", lambda a, b: a >> b, INTEGERS)
logical_and = binary("logical_and", lambda a, b: T.And(a, b), ("bool",))
logical_or = binary("logical_or", lambda a, b: T.Or(a, b), ("bool",))
logical_not = unary("logical_not", lambda a: T.Not(a), ("bool",))

# Comparisons -------------------------------------------------------------------------------------

equal = comparison("equal", lambda a, b: a == b)
not_equal = comparison("not_equal", lambda a, b: a != b)
less = comparison("less", lambda a, b: a < b)
less_equal = comparison("less_equal", lambda a, b: a <= b)
greater = comparison("greater", lambda a, b: a > b)
greater_equal = comparison("greater_equal", lambda a, b: a >= b)
isnan = elementwise("isnan", "X", lambda x: x != x, FLOATS, result="bool")

# Functions of floats -----------------------------------------------------------------------------

exp = unary("exp", T.exp)
exp2 = unary("exp2", T.exp2)
log = unary("log", T.log)
log2 = unary("log2", T.log2)
log10 = unary("log10", T.log10)
log1p = unary("log1p", T.log1p)
sqrt = unary("sqrt", T.sqrt)
rsqrt = unary("rsqrt", lambda x: const(1, x.dtype) / T.sqrt(x))
sin = unary("sin", T.sin)
cos = unary("cos", T.cos)
tan = unary("tan", T.tan)
asin = unary("asin", T.asin)
acos = unary("acos", T.acos)
atan = unary("atan", T.atan)
sinh = unary("sinh", T.sinh)
cosh = unary("cosh", T.cosh)
tanh = unary("tanh", T.tanh)
erf = unary("erf", T.erf)
floor = unary("floor", T.floor)
ceil = unary("ceil", T.ceil)
trunc = unary("trunc", T.trunc)
round = unary("round", T.round)

# Activations -------------------------------------------------------------------------------------


def _sigmoid(x):
    one = const(1, x.dtype)
    return one / (one + T.exp(-x))


def _gelu(x):
    half, one = const(0.5, x.dtype), const(1, x.dtype)
    return half * x * (one + T.erf(x * const(0.7071067811865476, x.dtype)))


def _gelu_tanh(x):
    half, one = const(0.5, x.dtype), const(1, x.dtype)
    inner = x + const(0.044715, x.dtype) * x * x * x
    return half * x * (one + T.tanh(const(0.7978845608028654, x.dtype) * inner))


def _softplus(x):
    """log(1 + exp(x)), without overflow."""
    return larger(x, const(0, x.dtype)) + T.log1p(T.exp(-T.abs(x)))


def _elu(x, alpha=1.0):
    negative = const(alpha, x.dtype) * (T.exp(x) - const(1, x.dtype))
    return T.Select(x > const(0, x.dtype), x, negative)


def _selu(x):
    return const(1.0507009873554805, x.dtype) * _elu(x, 1.6732632423543772)


def _leaky_relu(x, alpha=0.01):
    return T.Select(x > const(0, x.dtype), x, const(alpha, x.dtype) * x)


def _hard_sigmoid(x):
    return _clip(x / const(6, x.dtype) + const(0.5, x.dtype), 0, 1)


def _clip(x, low=None, high=None):
    if low is not None:
        x = larger(x, const(low, x.dtype))
    if high is not None:
        x = smaller(x, const(high, x.dtype))
    return x


sigmoid = unary("sigmoid", _sigmoid)
silu = unary("silu", lambda x: x * _sigmoid(x))
gelu = unary("gelu", _gelu)
gelu_tanh = unary("gelu_tanh", _gelu_tanh)
softplus = unary("softplus", _softplus)
softsign = unary("softsign", lambda x: x / (const(1, x.dtype) + T.abs(x)))
mish = unary("mish", lambda x: x * T.tanh(_softplus(x)))
relu = unary("relu", lambda x: larger(x, const(0, x.dtype)), NUMBERS)
relu6 = unary("relu6", lambda x: _clip(x, 0, 6), NUMBERS)
leaky_relu = unary("leaky_relu", _leaky_relu)
elu = unary("elu", _elu)
selu = unary("selu", _selu)
hard_sigmoid = unary("hard_sigmoid", _hard_sigmoid)
hard_swish = unary("hard_swish", lambda x: x * _hard_sigmoid(x))
clip = unary("clip", _clip, NUMBERS)

# Others ------------------------------------------------------------------------------------------


def _cast_type(X, dtype):
    return T.Buffer(X.shape, dtype)


def _cast(X, Y, dtype):
    T.compute(Y.shape, lambda *i: T.cast(X[i], dtype), out=Y)


cast = Operator("cast", "X -> Y", _cast_type, _cast)


def _where_type(C, A, B):
    require("where", C.dtype, ("bool",))
    if A.dtype != B.dtype:
        raise TypeError(f"where: inputs are {A.dtype} and {B.dtype}; cast one")
    return T.Buffer(broadcast(C.shape, A.shape, B.shape), A.dtype)


def _where(C, A, B, Y):
    T.compute(
        Y.shape,
        lambda *i: T.if_then_else(element(C, i), element(A, i), element(B, i)),
        out=Y,
    )


where = Operator("where", "C, A, B -> Y", _where_type, _where)
