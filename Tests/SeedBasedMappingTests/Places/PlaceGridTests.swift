import Imaging
import SeedBasedMapping
import TestSupport
import Testing

@Suite("A grid of places") struct PlaceGridTests {
    @Test("has a voxel at every multiple of the spacing inside the mask, and no other")
    func multiples() {
        // Of 2 mm voxels with centres at even mm, those at multiples of 12 are voxels themselves.
        let mask = Mask(grid: .mni2mm) { index in
            let p = Grid.mni2mm.world(atIndex: index)
            return (p * p).sum() <= 30 * 30
        }
        let places = Place.grid(spacing: 12, in: mask)
        var wanted = 0
        for x in stride(from: -24.0, through: 24, by: 12) {
            for y in stride(from: -24.0, through: 24, by: 12) {
                for z in stride(from: -24.0, through: 24, by: 12) where x * x + y * y + z * z <= 900 { wanted += 1 }
            }
        }
        #expect(places.count == wanted)
        for place in places {
            let c = place.coordinate / 12
            #expect(c.x.rounded() == c.x && c.y.rounded() == c.y && c.z.rounded() == c.z, "\(place.coordinate)")
        }
    }

    @Test("finer than the voxels it has each voxel once")
    func fine() {
        let places = Place.grid(spacing: 3, in: Head.mask)
        #expect(places.count == Head.mask.count)
        #expect(places.map { Int($0.voxels[0]) } == Array(0..<Head.mask.count))
    }
}
