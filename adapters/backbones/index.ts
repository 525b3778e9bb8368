/** The adapters that come with this project. Each is of one family, or of one exporter, or fits everything. */
import type { BackboneAdapter } from '../adapter.ts';
import { convnext } from './convnext.ts';
import { densenet } from './densenet.ts';
import { efficientnet } from './efficientnet.ts';
import { keras } from './exporters/keras.ts';
import { paddle } from './exporters/paddle.ts';
import { teachableMachine } from './exporters/teachable-machine.ts';
import { generic } from './generic.ts';
import { inception } from './inception.ts';
import { maxvit } from './maxvit.ts';
import { mixer } from './mixer.ts';
import { mnasnet, mobilenetV1, mobilenetV2, mobilenetV3 } from './mobilenet.ts';
import { regnet } from './regnet.ts';
import { resnet } from './resnet.ts';
import { shufflenet } from './shufflenet.ts';
import { squeezenet } from './squeezenet.ts';
import { swin } from './swin.ts';
import { vgg } from './vgg.ts';
import { clip, vit } from './vit.ts';

export const BACKBONES: readonly BackboneAdapter[] = [
  resnet,
  vgg,
  mobilenetV1,
  mobilenetV2,
  mobilenetV3,
  mnasnet,
  efficientnet,
  densenet,
  shufflenet,
  squeezenet,
  inception,
  regnet,
  convnext,
  vit,
  clip,
  swin,
  maxvit,
  mixer,
  keras,
  paddle,
  teachableMachine,
  generic,
];
