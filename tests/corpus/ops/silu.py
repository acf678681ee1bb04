# The operator `silu` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[] 4.0
# OUT Y: 3.928055160151634
from tirade import ops

main = ops.silu.func((), 'float64')
