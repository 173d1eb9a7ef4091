import ImageBased
import Imaging
import Inference
import Testing

@Suite("Peaks of images") struct ImagePeaksTests {
    @Test("Both tails, 8 mm apart, clusters of a least volume, MNI mm")
    func peaks() throws {
        let mask = box(30, 10, 10)
        var values = [Float](repeating: 0, count: mask.count)
        func set(_ x: Int, _ y: Int, _ z: Int, _ value: Float) { values[mask.grid.index(x, y, z)] = value }
        // A cluster with two maxima 6 mm apart and a third 10 mm from the first.
        for x in 2...10 { set(x, 5, 5, 3) }
        set(2, 5, 5, 6)
        set(5, 5, 5, 5)
        set(7, 5, 5, 4)
        // One negative, and a single voxel.
        for x in 20...24 { set(x, 5, 5, -7 + 1.5 * Float(abs(x - 22))) }
        set(28, 1, 1, 9)
        let peaks = try ImagePeaks(threshold: 2, minimumVolume: 24).peaks(of: values, mask: mask)
        #expect(peaks.map(\.value) == [6, 4, -7])
        #expect(peaks[0].coordinate == [4, 10, 10])
        #expect(peaks[2].coordinate == [44, 10, 10])
        let all = try ImagePeaks(threshold: 2, separation: 4, mostPerCluster: 2).peaks(of: values, mask: mask)
        #expect(all.map(\.value) == [6, 5, 9, -7])
    }
}
