/// Readable names of the 116 regions of the AAL atlas (Tzourio-Mazoyer et al. 2002, doi:10.1006/nimg.2001.0978).
///
/// `Supp_Motor_Area_L` becomes `Left supplementary motor area`. The wording is the one that users of SDM know from its
/// reports; where no report was at hand, that of the paper's table, in the same pattern.
package enum AnatomicalNames {
    /// The readable name of an AAL code; nil when it is not one of the 116.
    package static func readable(_ code: String) -> String? {
        if let midline = midline[code] { return midline }
        for (ending, side) in [("_L", "Left"), ("_R", "Right")] where code.hasSuffix(ending) {
            return paired[String(code.dropLast(2))].map { "\(side) \($0)" }
        }
        return nil
    }

    /// All codes of the atlas.
    package static var codes: [String] {
        paired.keys.sorted().flatMap { ["\($0)_L", "\($0)_R"] } + midline.keys.sorted()
    }

    private static let paired: [String: String] = [
        "Precentral": "precentral gyrus",
        "Frontal_Sup": "superior frontal gyrus, dorsolateral",
        "Frontal_Sup_Orb": "superior frontal gyrus, orbital part",
        "Frontal_Mid": "middle frontal gyrus",
        "Frontal_Mid_Orb": "middle frontal gyrus, orbital part",
        "Frontal_Inf_Oper": "inferior frontal gyrus, opercular part",
        "Frontal_Inf_Tri": "inferior frontal gyrus, triangular part",
        "Frontal_Inf_Orb": "inferior frontal gyrus, orbital part",
        "Rolandic_Oper": "rolandic operculum",
        "Supp_Motor_Area": "supplementary motor area",
        "Olfactory": "olfactory cortex",
        "Frontal_Sup_Medial": "superior frontal gyrus, medial",
        "Frontal_Med_Orb": "superior frontal gyrus, medial orbital",
        "Rectus": "gyrus rectus",
        "Insula": "insula",
        "Cingulum_Ant": "anterior cingulate / paracingulate gyri",
        "Cingulum_Mid": "median cingulate / paracingulate gyri",
        "Cingulum_Post": "posterior cingulate gyrus",
        "Hippocampus": "hippocampus",
        "ParaHippocampal": "parahippocampal gyrus",
        "Amygdala": "amygdala",
        "Calcarine": "calcarine fissure / surrounding cortex",
        "Cuneus": "cuneus cortex",
        "Lingual": "lingual gyrus",
        "Occipital_Sup": "superior occipital gyrus",
        "Occipital_Mid": "middle occipital gyrus",
        "Occipital_Inf": "inferior occipital gyrus",
        "Fusiform": "fusiform gyrus",
        "Postcentral": "postcentral gyrus",
        "Parietal_Sup": "superior parietal gyrus",
        "Parietal_Inf": "inferior parietal (excluding supramarginal and angular) gyri",
        "SupraMarginal": "supramarginal gyrus",
        "Angular": "angular gyrus",
        "Precuneus": "precuneus",
        "Paracentral_Lobule": "paracentral lobule",
        "Caudate": "caudate nucleus",
        "Putamen": "lenticular nucleus, putamen",
        "Pallidum": "lenticular nucleus, pallidum",
        "Thalamus": "thalamus",
        "Heschl": "heschl gyrus",
        "Temporal_Sup": "superior temporal gyrus",
        "Temporal_Pole_Sup": "temporal pole, superior temporal gyrus",
        "Temporal_Mid": "middle temporal gyrus",
        "Temporal_Pole_Mid": "temporal pole, middle temporal gyrus",
        "Temporal_Inf": "inferior temporal gyrus",
        "Cerebelum_Crus1": "cerebellum, crus I",
        "Cerebelum_Crus2": "cerebellum, crus II",
        "Cerebelum_3": "cerebellum, hemispheric lobule III",
        "Cerebelum_4_5": "cerebellum, hemispheric lobule IV / V",
        "Cerebelum_6": "cerebellum, hemispheric lobule VI",
        "Cerebelum_7b": "cerebellum, hemispheric lobule VIIB",
        "Cerebelum_8": "cerebellum, hemispheric lobule VIII",
        "Cerebelum_9": "cerebellum, hemispheric lobule IX",
        "Cerebelum_10": "cerebellum, hemispheric lobule X",
    ]

    private static let midline: [String: String] = [
        "Vermis_1_2": "Cerebellum, vermic lobule I / II",
        "Vermis_3": "Cerebellum, vermic lobule III",
        "Vermis_4_5": "Cerebellum, vermic lobule IV / V",
        "Vermis_6": "Cerebellum, vermic lobule VI",
        "Vermis_7": "Cerebellum, vermic lobule VII",
        "Vermis_8": "Cerebellum, vermic lobule VIII",
        "Vermis_9": "Cerebellum, vermic lobule IX",
        "Vermis_10": "Cerebellum, vermic lobule X",
    ]
}
