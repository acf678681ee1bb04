# The operator `rsqrt` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[] 2.8125
# OUT Y: 0.596284806728363
from tirade import ops

main = ops.rsqrt.func((), 'float32')
