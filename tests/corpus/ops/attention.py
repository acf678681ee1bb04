# The operator `attention` on a small case that agrees with numpy.
# RUN: interp run diff
# IN Q: float32[1,1] 1.8125
# IN K: float32[1,1] -0.1875
# IN V: float32[1,1] -1.875
# OUT Y: -1.875
from tirade import ops

main = ops.attention.func((1, 1), 'float32', (1, 1), 'float32', (1, 1), 'float32', causal=True)
