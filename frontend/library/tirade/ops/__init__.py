"""The operator library: `from tirade import ops`, then `ops.softmax`, `ops.argsort`, …

`tirade.ops.operator` tells how an operator is used, and how to write one.
"""

from tirade.ops.conv import conv1d, conv2d, conv3d, depthwise_conv2d
from tirade.ops.elementwise import (
    absolute,
    acos,
    add,
    asin,
    atan,
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    cast,
    ceil,
    clip,
    cos,
    cosh,
    divide,
    elu,
    equal,
    erf,
    exp,
    exp2,
    floor,
    floor_divide,
    gelu,
    gelu_tanh,
    greater,
    greater_equal,
    hard_sigmoid,
    hard_swish,
    isnan,
    leaky_relu,
    left_shift,
    less,
    less_equal,
    log,
    log10,
    log1p,
    log2,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    mish,
    mod,
    multiply,
    negative,
    not_equal,
    power,
    relu,
    relu6,
    right_shift,
    round,
    rsqrt,
    selu,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softplus,
    softsign,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    trunc,
    where,
)
from tirade.ops.fft import fft, ifft
from tirade.ops.image import resize
from tirade.ops.index import (
    broadcast_to,
    concatenate,
    flip,
    gather,
    gather_nd,
    one_hot,
    pad,
    reshape,
    scatter,
    scatter_add,
    scatter_max,
    scatter_min,
    scatter_nd,
    take,
    transpose,
)
from tirade.ops.linalg import dense, matmul
from tirade.ops.nn import attention, batch_norm, layer_norm, log_softmax, rms_norm, softmax
from tirade.ops.operator import Operator, operator, same
from tirade.ops.pool import (
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    global_avg_pool2d,
    global_max_pool2d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from tirade.ops.reduce import all, any, argmax, argmin, max, mean, min, prod, sum
from tirade.ops.scan import cummax, cummin, cumprod, cumsum, scan
from tirade.ops.search import searchsorted, unique
from tirade.ops.sort import argsort, sort, topk
from tirade.ops.vision import Box, box_iou, get_valid_counts, nms
