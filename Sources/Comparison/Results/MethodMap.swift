import Convergence
public import Inference

/// A map of a method, one value per mask voxel.
public struct MethodMap: Sendable {
    public var name: MapName
    public var values: [Float]

    public init(_ name: MapName, _ values: [Float]) {
        self.name = name
        self.values = values
    }
}

extension ConvergenceMaps {
    /// In the order they were made.
    var list: [MethodMap] { names.compactMap { name in self[name].map { MethodMap(name, $0) } } }
}
