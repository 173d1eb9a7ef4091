import Figures
import Imaging
import Inference
import TestSupport
import Testing

@Suite("Pictures at a peak, for a page")
struct PeakFigureTests {
    private static let place = SIMD3(-32.0, 32, 40)

    /// A ball around a place.
    private static func cluster(radius: Double) throws -> (z: [Float], cluster: Cluster) {
        let peak = try #require(Head.positions(near: [place]).first)
        let centre = Head.mask.world(at: peak)
        var z = [Float](repeating: 0, count: Head.mask.count)
        var voxels: [Int32] = []
        for position in 0..<Head.mask.count {
            let away = Head.mask.world(at: position) - centre
            guard (away * away).sum() <= radius * radius else { continue }
            z[position] = 4
            voxels.append(Int32(position))
        }
        let mark = ClusterPeak(position: peak, coordinate: centre, value: 4)
        return (z, Cluster(sign: 1, voxels: voxels, peaks: [mark]))
    }

    @Test(
        "two pictures in the page's colours: the slices, and the same enlarged, each with words for those who do not see it"
    )
    func page() throws {
        let (z, cluster) = try Self.cluster(radius: 10)
        let layers = SliceLayers(z: z, mask: Head.mask, clusters: [cluster], background: nil)
        let html = PeakFigure(
            Self.place, layers, limit: 5, identifier: "peak-1", name: "the peak of cluster <1>", level: 3
        ).html.source
        let pictures = Drawn(svg: html)
        #expect(try pictures.matches("<svg class=\"(brain)\"").count == 2)
        #expect(
            try pictures.matches("<title id=\"(peak-1-[a-z]+)-alt\">").map { $0[0] } == ["peak-1-whole", "peak-1-near"])
        #expect(html.contains("cluster &lt;1&gt;"))
        // Three slices, as large as three enlargements; the bar of colours is a picture too.
        #expect(try pictures.matches("<image [^>]*href=\"(data:image/png)").count == 7)
        #expect(!html.contains("xlink"), "pages know no prefixes of XML")
        #expect(html.contains("stroke=\"currentColor\"") && html.contains("var(--soft)"))
        #expect(!html.contains("#1c2024"), "the ink of the light theme would not be seen on a dark page")
        #expect(try pictures.matches(">(x = |y = |z = )").count == 3)
        #expect(try pictures.matches(">(10 mm)<").count == 3)
    }

    @Test("the bar has its ends and a mark at the level, and is left out where there is none")
    func bar() throws {
        let (z, cluster) = try Self.cluster(radius: 10)
        let layers = SliceLayers(z: z, mask: Head.mask, clusters: [cluster], background: nil)
        func drawn(_ level: Double?) -> Drawn {
            Drawn(svg: PeakFigure(Self.place, layers, limit: 5, identifier: "p", name: "n", level: level).html.source)
        }
        // Lines that stand upright with the ink of the page: only the mark of the bar.
        let upright = "<polyline points=\"([\\d.]+),[\\d.]+ ([\\d.]+),[\\d.]+\" fill=\"none\" stroke=\"currentColor\""
        func marks(_ drawn: Drawn) throws -> [Double] {
            try drawn.matches(upright).filter { $0[0] == $0[1] }.compactMap { Double($0[0]) }
        }
        let ends = try drawn(3).matches("<text x=\"([\\d.]+)\"[^>]*text-anchor=\"middle\"[^>]*>(0|5)</text>")
        let places = ends.compactMap { Double($0[0]) }
        #expect(places.count == 2)
        let mark = try #require(try marks(drawn(3)).first)
        #expect(abs((mark - places[0]) / (places[1] - places[0]) - 0.6) < 0.01)
        #expect(try marks(drawn(nil)).isEmpty && !drawn(nil).svg.contains(">5</text>"))
    }

    @Test("a cluster within 22 mm of its peak is seen whole there, a larger one is not")
    func near() throws {
        #expect(try BrainDrawing.isSeenNear(Self.cluster(radius: 20).cluster, in: Head.mask))
        #expect(try !BrainDrawing.isSeenNear(Self.cluster(radius: 25).cluster, in: Head.mask))
    }

    @Test("a slice through the dark middle of a T1 is drawn about as bright as others")
    func brightness() {
        // Like the T1 along the midline: a plane of voxels at about half of what is around.
        let grid = Grid.mni2mm
        let values = (0..<grid.count).map { index -> Float in
            let p = grid.world(atIndex: index)
            guard (p.x * p.x) / 4900 + (p.y + 16) * (p.y + 16) / 8100 + (p.z - 10) * (p.z - 10) / 4225 < 1 else {
                return 0
            }
            return abs(p.x) < 3 ? 55 : 100
        }
        let t1 = Volume(grid: grid, values: values)
        let layers = SliceLayers(z: [], mask: Mask(t1), clusters: [], background: t1)
        func grey(_ x: Double) -> Double {
            let mosaic = SliceMosaic(layers, rows: [.init(.sagittal, [x])], threshold: 1, pixelsPerMillimetre: 0.5)
            var sum = 0.0
            var count = 0.0
            for y in 0..<mosaic.image.height {
                for x in 0..<mosaic.image.width where mosaic.image[x, y].alpha == 255 {
                    sum += Double(mosaic.image[x, y].red)
                    count += 1
                }
            }
            return sum / count
        }
        let (middle, aside) = (grey(0), grey(30))
        #expect(aside > 200)
        // As it is in the file it would be below two fifths: greys begin at a part of the darkest voxels.
        #expect(middle > 0.5 * aside && middle < aside)
    }
}

@Suite("Lines of the glass brain")
struct GlassLinesTests {
    private static let empty = GlassBrain(
        z: [Float](repeating: 0, count: Head.mask.count), mask: Head.mask, background: nil, pixelsPerMillimetre: 2)

    /// Red, green or blue (all are the same) over white, 0…255, at mm of a view.
    private static func grey(_ glass: GlassBrain, _ plane: SlicePlane, across: Double, up: Double) throws -> Double {
        let panel = try #require(glass.panels.first { $0.plane == plane })
        // Panels begin at −80 (from the side −112) and end above at 86 (from above 84).
        let left = plane == .sagittal ? -112.0 : -80
        let top = plane == .axial ? 84.0 : 86
        let pixel = glass.image[panel.x + Int((across - left) * 2), panel.y + Int((top - up) * 2)]
        let alpha = Double(pixel.alpha) / 255
        return Double(pixel.red) * alpha + 255 * (1 - alpha)
    }

    private static func darkest(_ plane: SlicePlane, across: ClosedRange<Double>, up: Double) throws -> Double {
        try stride(from: across.lowerBound, through: across.upperBound, by: 0.5)
            .map { try grey(empty, plane, across: $0, up: up) }.min() ?? 255
    }

    @Test("the gap between the hemispheres is drawn from above and from behind, and the page shows past the outline")
    func middle() throws {
        for (plane, up) in [(SlicePlane.axial, -20.0), (.coronal, 60)] {
            #expect(try Self.darkest(plane, across: -4...4, up: up) < 140, "\(plane)")
        }
        for plane in SlicePlane.allCases {
            let panel = try #require(Self.empty.panels.first { $0.plane == plane })
            for (x, y) in [(0, 0), (panel.width - 1, 0), (0, panel.height - 1), (panel.width - 1, panel.height - 1)] {
                #expect(Self.empty.image[panel.x + x, panel.y + y].alpha == 0, "a corner of \(plane)")
            }
        }
    }

    @Test("the outline fits MNI152: it is crossed within some mm of where the brain ends")
    func outline() throws {
        // The T1's edges: x ±71 from behind at z = 0; y −106 and 73 from the side at z = 0.
        #expect(try Self.darkest(.coronal, across: -76 ... -66, up: 0) < 140)
        #expect(try Self.darkest(.coronal, across: 66...76, up: 0) < 140)
        #expect(try Self.darkest(.sagittal, across: -110 ... -98, up: 0) < 140)
        #expect(try Self.darkest(.sagittal, across: 68...79, up: 0) < 140)
    }

    @Test("voxels wider than the picture's cells keep their value and make no steps of their own size")
    func coarse() throws {
        var z = [Float](repeating: 0, count: Head.mask.count)
        let positions = Head.positions(near: [[-32, 32, 40], [-24, 32, 40], [-32, 40, 40], [-24, 40, 40]])
        for position in positions { z[position] = 4 }
        let glass = GlassBrain(z: z, mask: Head.mask, background: nil, limit: 4, pixelsPerMillimetre: 2)
        let centre = Head.mask.world(at: positions[0]) + SIMD3(4, 4, 0)
        func isShown(_ x: Double, _ y: Double) throws -> Bool {
            let panel = try #require(glass.panels.first { $0.plane == .axial })
            let pixel = glass.image[panel.x + Int((x + 80) * 2), panel.y + Int((84 - y) * 2)]
            return Int(pixel.red) > Int(pixel.blue) + 60
        }
        // Four voxels make a square of 16 mm: its middle and sides are shown, its corners are rounded.
        #expect(try isShown(centre.x, centre.y) && isShown(centre.x - 6, centre.y) && isShown(centre.x, centre.y + 6))
        #expect(try !isShown(centre.x - 7.5, centre.y + 7.5) && !isShown(centre.x - 12, centre.y))
    }
}
