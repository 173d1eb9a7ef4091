/// What keeps a study from being tested.
public enum StudyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Columns determined by others, a contrast that fits no design, exchange that tests nothing.
    case design(String)
    /// Rows, voxels or labels of another number than expected, or no usable values.
    case data(String)
    /// A setting outside its range.
    case setting(name: String, value: Double, allowed: String)

    public var description: String {
        switch self {
        case .design(let text), .data(let text): text
        case .setting(let name, let value, let allowed): "\(name) is \(value); allowed: \(allowed)."
        }
    }
}
