# The operator `sqrt` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[] 3.125
# OUT Y: 1.7677669525146484
from tirade import ops

main = ops.sqrt.func((), 'float32')
