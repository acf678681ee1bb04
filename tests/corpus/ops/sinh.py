# The operator `sinh` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[1,6] -1.0 -0.0 -3.0 0.625 -0.1875 -2.375
# OUT Y: -1.1752011936438014 -0.0 -10.017874927409903 0.666492264456616 -0.18860056562029018 -5.328999348432846
from tirade import ops

main = ops.sinh.func((1, 6), 'float64')
