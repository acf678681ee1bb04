# The operator `absolute` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int32[] -6
# OUT Y: 6
from tirade import ops

main = ops.absolute.func((), 'int32')
