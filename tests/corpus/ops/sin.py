# The operator `sin` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float16[] 0.8125
# OUT Y: 0.72607421875
from tirade import ops

main = ops.sin.func((), 'float16')
