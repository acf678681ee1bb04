# The operator `cumsum` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[5] -0.125 1.5625 2.4375 1.0625 0.5
# OUT Y: -0.125 1.4375 3.875 4.9375 5.4375
from tirade import ops

main = ops.cumsum.func((5,), 'float64', axis=-1)
