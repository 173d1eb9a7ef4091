/// The slowness of a padded grid's voxels in memory that a search reads; infinite outside the template's domain.
final class PaddedSlowness: @unchecked Sendable {
    // Sendable because nothing is written after the initialiser.
    private let memory: UnsafeMutablePointer<Float>
    /// As long as ``PaddedDomain/count``.
    var values: UnsafePointer<Float> { UnsafePointer(memory) }

    /// - Parameter slowness: of the domain's voxels.
    init(_ slowness: [Float], times scale: Float = 1, on domain: PaddedDomain) {
        precondition(slowness.count == domain.place.count, "a slowness for every voxel of the domain")
        memory = .allocate(capacity: domain.count)
        memory.initialize(repeating: .infinity, count: domain.count)
        for (index, place) in domain.place.enumerated() { memory[Int(place)] = scale * slowness[index] }
    }

    deinit { memory.deallocate() }
}
