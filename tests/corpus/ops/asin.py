# The operator `asin` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[1,1] 0.328125
# OUT Y: 0.3343179940363684
from tirade import ops

main = ops.asin.func((1, 1), 'float64')
