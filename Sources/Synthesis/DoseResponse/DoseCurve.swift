/// The form of a dose–response relation.
public enum DoseCurve: Hashable, Sendable {
    case linear
    case quadratic
    /// Restricted cubic spline with knots on the doses of all arms.
    case spline(SplineKnots)
}
