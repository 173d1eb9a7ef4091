/// Hears how far long work has come. Calls come from any thread.
public protocol ProgressObserver: Sendable {
    /// A stage begins: its name, and how many units of work it has.
    func began(_ stage: String, units: Int)
    /// Some units of the current stage are done.
    func advanced(by units: Int)
    /// The current stage is over.
    func ended()
}

/// Nobody listens.
public struct SilentProgress: ProgressObserver {
    public init() {}
    public func began(_ stage: String, units: Int) {}
    public func advanced(by units: Int) {}
    public func ended() {}
}
