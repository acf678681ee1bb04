# Near miss: lanes that are off do not count.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((16,), "int32")):
    R.vstore([T.Ramp(0, 1, 8) % T.Broadcast(4, 8)], T.Broadcast(7, 8), predicate=T.Ramp(0, 1, 8) < T.Broadcast(4, 8))
