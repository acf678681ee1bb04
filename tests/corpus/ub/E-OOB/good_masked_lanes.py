# Near miss: an access at the edge of R (masked_lanes).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "float32")):
    for i in range(4):
        R[i] = T.float32(0)
    R.vstore([T.Ramp(4, 1, 8)], T.Broadcast(T.float32(1), 8), predicate=T.Ramp(0, 1, 8) < T.Broadcast(4, 8))
