/// The mean of a map over a place.
public enum PlaceMean {
    /// Over the voxels that have a value; NaN where none has.
    public static func of(_ map: [Float], _ voxels: [Int32]) -> Double {
        var (sum, count) = (0.0, 0.0)
        for voxel in voxels where !map[Int(voxel)].isNaN {
            sum += Double(map[Int(voxel)])
            count += 1
        }
        return count > 0 ? sum / count : .nan
    }
}
