# The operator `softsign` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[] -0.3125
# OUT Y: -0.23809523809523808
from tirade import ops

main = ops.softsign.func((), 'float64')
