"""Boxes of detected objects: overlap, suppression, selection."""

from tirade.ops.dtypes import FLOATS, const, require
from tirade.ops.operator import Operator, local
from tirade.ops.sort import Row, merge_sort
from tvm.script import tirx as T


class Box:
    """A box by two opposite corners, in any order; `Box.at(buffer, …)` reads one."""

    def __init__(self, x0, y0, x1, y1):
        self.left, self.right = T.min(x0, x1), T.max(x0, x1)
        self.top, self.bottom = T.min(y0, y1), T.max(y0, y1)

    @staticmethod
    def at(buffer, *where, first=0):
        """The box whose coordinates stand at `first` and the next three places."""
        corners = [T.bind(buffer[tuple(list(where) + [first + d])]) for d in range(4)]
        return Box(*corners)

    def area(self):
        return (self.right - self.left) * (self.bottom - self.top)

    def overlap(self, other):
        zero = const(0, self.left.dtype)
        width = T.min(self.right, other.right) - T.max(self.left, other.left)
        height = T.min(self.bottom, other.bottom) - T.max(self.top, other.top)
        return T.max(width, zero) * T.max(height, zero)

    def iou(self, other):
        """Intersection over union; 0 for boxes without an area."""
        common = T.bind(self.overlap(other))
        union = T.bind(self.area() + other.area() - common)
        return T.Select(union > const(0, union.dtype), common / union, const(0, union.dtype))


# Overlap -----------------------------------------------------------------------------------------


def check_boxes(name, *boxes):
    for B in boxes:
        require(name, B.dtype, ("float32", "float64"))
        if len(B.shape) != 2 or B.shape[1] != 4:
            raise TypeError(f"{name} takes boxes of shape (n, 4), not {tuple(B.shape)}")
        if B.dtype != boxes[0].dtype:
            raise TypeError(f"{name}: boxes are {boxes[0].dtype} and {B.dtype}; cast one")


def _box_iou_type(A, B):
    check_boxes("box_iou", A, B)
    return T.Buffer((A.shape[0], B.shape[0]), A.dtype)


def _box_iou(A, B, Y):
    """Intersection over union of every box of A with every box of B."""
    for i, j in T.grid(A.shape[0], B.shape[0]):
        with T.sblock("box_iou"):
            vi, vj = T.axis.remap("SS", [i, j])
            Y[vi, vj] = Box.at(A, vi).iou(Box.at(B, vj))


box_iou = Operator("box_iou", "A, B -> Y", _box_iou_type, _box_iou)


# Suppression -------------------------------------------------------------------------------------


def _nms_type(Boxes, Scores, iou_threshold=0.5, score_threshold=None, max_output_size=None):
    check_boxes("nms", Boxes)
    n = Boxes.shape[0]
    if len(Scores.shape) != 1 or Scores.dtype != Boxes.dtype:
        raise TypeError("nms takes one score for each box, in the dtype of the boxes")
    if isinstance(n, int) and Scores.shape[0] != n:
        raise ValueError(f"nms: {n} boxes and {Scores.shape[0]} scores")
    return T.Buffer((n,), "int64"), T.Buffer((1,), "int64")


def _nms(
    Boxes, Scores, Selected, Number, iou_threshold=0.5, score_threshold=None, max_output_size=None
):
    """Non-maximum suppression: from the best score down, a box is selected unless it overlaps a
    selected one by more than the threshold. `Selected` holds their positions in this order and
    -1 behind them, `Number` how many they are. Boxes of one score are taken in their order."""
    n = Boxes.shape[0]
    limit = n if max_output_size is None else max_output_size

    with T.sblock("nms"):
        order = T.sblock_alloc_buffer((n,), "int32")
        is_out = T.sblock_alloc_buffer((n,), "bool")

        def descending(a, b):
            return T.any(a > b, T.all(b != b, a == a))

        def store(k, key, place):
            order[k] = place
            is_out[k] = T.bool(False) if score_threshold is None else T.Not(
                key > const(score_threshold, Scores.dtype)
            )
            Selected[k] = const(-1, "int64")

        merge_sort(Row(n, lambda i: Scores[i], descending, True), Scores.dtype, store)
        count = local("int32", 0)
        for i in T.serial(n):
            if T.And(T.Not(is_out[i]), count[0] < limit):
                box = Box.at(Boxes, order[i])
                Selected[count[0]] = T.cast(order[i], "int64")
                count[0] = count[0] + 1
                for j in T.serial(i + 1, n):
                    if T.Not(is_out[j]):
                        overlap = box.iou(Box.at(Boxes, order[j]))
                        is_out[j] = overlap > const(iou_threshold, Boxes.dtype)
        Number[0] = T.cast(count[0], "int64")


nms = Operator("nms", "Boxes, Scores -> Selected, Number", _nms_type, _nms)


# Selection ---------------------------------------------------------------------------------------


def _valid_counts_type(Data, score_threshold=0.0, id_index=0, score_index=1):
    require("get_valid_counts", Data.dtype, FLOATS)
    if len(Data.shape) != 3:
        raise TypeError("get_valid_counts takes data of shape (batches, boxes, elements)")
    batches, boxes, _ = Data.shape
    return (
        T.Buffer((batches,), "int32"),
        T.Buffer(Data.shape, Data.dtype),
        T.Buffer((batches, boxes), "int32"),
    )


def _valid_counts(Data, Counts, Y, Indices, score_threshold=0.0, id_index=0, score_index=1):
    """The boxes whose score lies above the threshold and whose class is not negative, moved to
    the front of each batch; how many they are, and where each was. Behind them stands -1."""
    batches, boxes, elements = Data.shape

    for b in T.serial(batches):
        with T.sblock("get_valid_counts"):
            vb = T.axis.spatial(batches, b)
            count = local("int32", 0)
            for i in T.serial(boxes):
                score = Data[vb, i, score_index]
                valid = score > const(score_threshold, Data.dtype)
                if id_index >= 0:
                    valid = T.And(valid, Data[vb, i, id_index] >= const(0, Data.dtype))
                if valid:
                    for e in T.serial(elements):
                        Y[vb, count[0], e] = Data[vb, i, e]
                    Indices[vb, count[0]] = i
                    count[0] = count[0] + 1
            Counts[vb] = count[0]
            for i in T.serial(count[0], boxes):
                for e in T.serial(elements):
                    Y[vb, i, e] = const(-1, Data.dtype)
                Indices[vb, i] = -1


get_valid_counts = Operator(
    "get_valid_counts", "Data -> Counts, Y, Indices", _valid_counts_type, _valid_counts
)
