/// The high differences of a slab's voxels, permutation by permutation.
final class KeptDifferences {
    private(set) var rows: [[SubtractionTest.Kept]]

    init(permutations: Int) { rows = Array(repeating: [], count: permutations) }

    func append(_ kept: SubtractionTest.Kept, to permutation: Int) { rows[permutation].append(kept) }
}
