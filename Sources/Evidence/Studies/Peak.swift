public import Imaging

/// A reported coordinate with its statistic, or only its sign.
public struct Peak: Hashable, Sendable {
    /// What the source said about the height of a peak.
    public enum Height: Hashable, Sendable {
        /// A t value; signed, negative = decrease.
        case t(Double)
        /// Significant and positive, no statistic given (SDM's `p`).
        case positive
        /// Significant and negative, no statistic given (SDM's `n`).
        case negative
        /// Neither sign nor statistic (Sleuth): SDM cannot use it until the sign is said.
        case unknown

        /// 1 or −1; 0 where it is not known, or t is 0.
        public var sign: Int {
            switch self {
            case .t(let t): t > 0 ? 1 : t < 0 ? -1 : 0
            case .positive: 1
            case .negative: -1
            case .unknown: 0
            }
        }
    }

    /// The statistic as printed, when it was not a t: kept so that writing gives back what was read.
    public struct Reported: Hashable, Sendable {
        public enum Statistic: String, Hashable, Sendable, CaseIterable {
            case t, z, p, r
            case f = "F"
        }
        public var statistic: Statistic
        /// As printed; for p, a negative number means a decrease.
        public var value: Double

        public init(statistic: Statistic, value: Double) {
            self.statistic = statistic
            self.value = value
        }
    }

    /// Coordinates as reported, mm, in ``space``.
    public var coordinate: SIMD3<Double>
    public var space: CoordinateSpace
    public var height: Height
    /// Set when the source gave z, p, r or F, converted to t by the reader.
    public var reported: Reported?
    /// Free text: where in the paper the row stands.
    public var note: String?
    public var source: SourceLocation

    public init(
        coordinate: SIMD3<Double>, space: CoordinateSpace, height: Height, reported: Reported? = nil,
        note: String? = nil, source: SourceLocation
    ) {
        self.coordinate = coordinate
        self.space = space
        self.height = height
        self.reported = reported
        self.note = note
        self.source = source
    }

    /// The coordinate in MNI space, mm.
    public var mni: SIMD3<Double> { space.toMNI(coordinate) }
}
